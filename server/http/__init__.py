"""How the server speaks HTTP: addresses, headers, cookies, limits, and what it takes from Streamlit."""
