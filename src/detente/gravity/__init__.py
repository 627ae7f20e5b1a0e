"""gravity"""
