"""The case engine: runs BPMN processes, decides with DMN, keeps cases and their audit trail. It knows no web."""
