"""The Lambda API: requests validated, state changed, answers given as AWS gives them."""
