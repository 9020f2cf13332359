"""The web of OneWindow: pages and the API, thin over the engine."""
