"""Whether the archive's database is intact: its own checks, and references that lead nowhere."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice

from sqlalchemy import Connection, ForeignKey, LargeBinary, Table, TextClause, select, text
from sqlalchemy.exc import SQLAlchemyError

from diffs.errors import ArchiveDamaged

from . import models
from .archive import Archive

#: How many faults are listed; a broken database may have thousands.
MOST = 100


def damage(archive: Archive) -> list[str]:
    """What is broken in the database, in its own words; [] if it is intact. Reads all of it, and writes nothing.

    SQLite: its integrity check and its check of foreign keys. PostgreSQL: every row is read in full, so that a broken
    block or a lost value shows, and every reference is followed. In both, every value is read as its column's type.
    """
    found: list[str] = []
    try:
        with archive.read() as session:
            connection = session.connection()
            check = _in_sqlite if connection.dialect.name == "sqlite" else _on_server
            faults = chain(check(connection), _unreadable(connection))
            found.extend(" ".join(fault.split()) for fault in islice(faults, MOST))
    except ArchiveDamaged as error:  # even the check cannot continue
        found.append(error.failure.detail if error.failure else error.message)
    return found


def _in_sqlite(connection: Connection) -> Iterator[str]:
    for (said,) in connection.exec_driver_sql(f"PRAGMA integrity_check({MOST})"):
        # It reports several faults of a page in one row, under a heading.
        yield from (line for line in str(said).splitlines() if line != "ok" and not line.startswith("***"))
    lost = Counter((row[0], row[2]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check"))
    for (table, parent), count in sorted(lost.items()):
        yield _lost(table, parent, count)


def _on_server(connection: Connection) -> Iterator[str]:
    for table in models.Snapshot.metadata.sorted_tables:
        name = connection.dialect.identifier_preparer.format_table(table)
        # Every value of every row as text: nothing else reads them all.
        every_value = text(f"SELECT sum(length(whole::text)) * 0 FROM {name} AS whole")  # noqa: S608 (our own name)
        queries = [(every_value, "")]
        queries += [(_without_parent(connection, key), key.column.table.name) for key in table.foreign_keys]
        found = [_tried(connection, table, query, parent) for query, parent in queries]
        yield from dict.fromkeys(filter(None, found))


def _tried(connection: Connection, table: Table, query: TextClause, parent: str) -> str:
    """Faults that a query finds in a table, or why it failed; "" if all is well."""
    try:
        with connection.begin_nested():
            count = connection.execute(query).scalar()
    except SQLAlchemyError as error:
        return f"{table.name}: {_said(error)}"
    return _lost(table.name, parent, count) if count else ""


def _unreadable(connection: Connection) -> Iterator[str]:
    """Values that no longer match their column's type. Bodies are left to the chain, which knows their hashes."""
    for table in models.Snapshot.metadata.sorted_tables:
        keys = list(table.primary_key.columns)
        others = [one for one in table.columns if one not in keys and not isinstance(one.type, LargeBinary)]
        query = select(*keys, *others).order_by(*keys)
        last = ""
        try:
            with connection.begin_nested():
                for row in connection.execute(query, execution_options={"yield_per": 1_000}):
                    last = f" after {', '.join(map(str, row[: len(keys)]))}"
        except SQLAlchemyError as error:
            yield f"{table.name}: a row{last} cannot be read ({_said(error)})"
        except (ValueError, TypeError, OverflowError) as error:  # JSON that is not JSON, a date that is not a date
            yield f"{table.name}: a value in a row{last} cannot be read ({error})"


def _said(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]


def _without_parent(connection: Connection, key: ForeignKey) -> TextClause:
    named = connection.dialect.identifier_preparer.quote
    child, column = named(key.parent.table.name), named(key.parent.name)
    parent, its = named(key.column.table.name), named(key.column.name)
    return text(
        f"SELECT count(*) FROM {child} AS child LEFT JOIN {parent} AS parent ON child.{column} = parent.{its} "  # noqa: S608 (our own names)
        f"WHERE child.{column} IS NOT NULL AND parent.{its} IS NULL"
    )


def _lost(table: str, parent: str, count: int) -> str:
    what = "1 row of" if count == 1 else f"{count} rows of"
    return f"{what} {table} without the row of {parent} that belongs to it"
