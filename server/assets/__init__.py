"""Streamlit's own files as a browser loads them first: packed, and its two fonts cut down to what the register writes."""
