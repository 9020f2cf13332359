"""Past events: taken over from a tenant's file, or generated, and written as they were."""
