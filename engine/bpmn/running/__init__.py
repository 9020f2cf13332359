"""A running instance: its tokens, scopes and variables, and the document that keeps them."""
