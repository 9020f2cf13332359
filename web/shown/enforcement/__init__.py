"""What pages show of enforcement cases: who investigates, what proves it, what is to be decided."""
