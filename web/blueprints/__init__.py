"""The pages: one blueprint per file, registered by its name ``blueprint``."""
