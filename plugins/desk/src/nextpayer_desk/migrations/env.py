"""Run by Alembic: the versions over the connection that the caller gave."""

from __future__ import annotations

from alembic import context

from nextpayer_desk.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds it all
)
context.run_migrations()
