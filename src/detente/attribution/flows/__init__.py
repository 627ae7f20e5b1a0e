"""Attribution of what flows: goods by section, people who move."""
