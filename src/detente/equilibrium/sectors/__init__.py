"""Many sectors with input-output links."""
