"""What OneWindow costs, beside what no engine can beat and what a naive one pays: ``python -m bench``."""
