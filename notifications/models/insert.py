"""An INSERT that is put into words once. The ORM does it for each row anew, which is a sixth of
what an application waits for when it hands over a message."""

from functools import cache
from typing import Any

from django.db import connections, models, router


def insert(row: models.Model) -> None:
    """What `row.save(force_insert=True)` does, without signals."""
    using = router.db_for_write(type(row))
    connection = connections[using]
    fields, statement = _statement(type(row), using)
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        (row.pk,) = cursor.fetchone()
    row._state.adding, row._state.db = False, using


@cache
def _statement(model: type[models.Model], using: str) -> "tuple[list[models.Field[Any, Any]], str]":
    """Its fields but the primary key, which the database makes, and the words for them."""
    quoted = connections[using].ops.quote_name
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    return fields, (
        f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) "  # noqa: S608 - names of ours
        f"VALUES ({', '.join(['%s'] * len(fields))}) RETURNING {quoted(str(model._meta.pk.column))}"
    )
