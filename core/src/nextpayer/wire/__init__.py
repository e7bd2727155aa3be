"""The JSON edge: documents to nouns and back, through marshmallow schemas built once at import.

Only ``nextpayer.cli`` and programs that embed the core import this package; the domain never does.
Every module here is pure (decoded documents in, nouns out): opening files is ``nextpayer.cli._inputs``.

* ``fields``: strict field types. Nothing is rounded, coerced or guessed.
* ``coverage``: COVERAGE.json -> ``Coverage``.
* ``profile``: a payer pack (TOML) -> ``Profile``.
* ``order``: the answer of the order of benefits -> JSON.
* ``nouns``: claims, payments and remittances -> JSON, and claims back.
"""
