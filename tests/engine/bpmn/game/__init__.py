"""An oracle for the kernel: random drawings, and a token game written from BPMN 2.0.2 that judges every step of a run."""
