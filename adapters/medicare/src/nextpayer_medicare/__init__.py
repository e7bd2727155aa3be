"""Medicare as the next payer: why it is not primary, what it is told about that, and what it will not take.

Sources: 42 CFR 411.20 ff (Medicare Secondary Payer), 42 CFR 424.44 (filing limit), Medicare Secondary Payer
Manual (CMS Pub. 100-05) chapter 3, contractors' pages named at each rule.
"""

from .adapter import Medicare
from .reasons import insurance_type

__all__ = ["Medicare", "insurance_type"]
