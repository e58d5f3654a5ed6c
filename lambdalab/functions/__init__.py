"""What Lambda keeps of a function: its versions, aliases and settings. State only; no behaviour of the API."""
