"""The same question under every defensible specification."""
