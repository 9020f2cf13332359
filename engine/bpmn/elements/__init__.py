"""What each element of BPMN does when a token comes to it."""
