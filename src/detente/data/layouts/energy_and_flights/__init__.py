"""Energy through pipelines, and flights."""
