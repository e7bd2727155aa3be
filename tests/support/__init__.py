"""What the tests stand on: X12 builders, an independent balance checker, a pyx12 gate and a runner.

`files`, `balance` and `pyx12gate` import nothing of the product, so a bug in it cannot hide in them.
"""
