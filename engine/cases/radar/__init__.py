"""The radar: rules that find what may be a risk to integrity, with the evidence, for discipline inspection to judge."""
