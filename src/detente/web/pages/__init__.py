"""The views: one module a page, nothing but translation between requests and rooms."""
