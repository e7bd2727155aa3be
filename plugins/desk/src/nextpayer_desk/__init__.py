"""The desk: what `bill` does in one go, kept in a ledger over weeks.

Claims and answers are taken in (``intake``), decided (``work``), sent (``submit``) and followed. Whatever
happens is an entry of an append-only journal; balances are derived from it and checked against it.
"""
