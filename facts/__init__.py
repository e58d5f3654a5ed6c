"""The ledger of claims and the quotas, as data; what is made from them is made here."""
