"""Files, tables and archives: read safely, whatever their separator, encoding and packing."""
