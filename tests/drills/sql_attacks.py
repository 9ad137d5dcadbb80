"""Statements that try to do more than read the warehouse: what `workforce sql` must refuse, and why.

`{folder}` is a folder with a secret file, `{port}` the port of a server on loopback that must not be contacted.
"""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb

from warehouse.asking.query import first_rows
from warehouse.errors import WorkforceError

NOT_A_QUERY = "can only be queried"
NOT_ONE = "only one statement"
CLOSED = r"disabled|Cannot access|does not exist|not in the catalog|requires the extension|Cannot launch|Cannot open"


class Attack(NamedTuple):
    """One statement, what it tries, and a pattern of the error that refuses it."""

    aim: str
    statement: str
    refusal: str


def _attacks(aim: str, refusal: str, *statements: str) -> list[Attack]:
    return [Attack(aim, statement, refusal) for statement in statements]


ATTACKS = [
    *_attacks(
        "read a file",
        CLOSED,
        "SELECT * FROM '{folder}/secret.csv'",
        "SELECT * FROM read_csv('{folder}/secret.csv')",
        "SELECT * FROM read_csv_auto('{folder}/secret.csv')",
        "SELECT * FROM sniff_csv('{folder}/secret.csv')",
        "SELECT * FROM read_text('{folder}/secret.csv')",
        "SELECT * FROM read_blob('{folder}/secret.csv')",
        "SELECT * FROM read_json('{folder}/secret.csv')",
        "SELECT * FROM read_json_objects('{folder}/secret.csv')",
        "SELECT * FROM read_ndjson('{folder}/secret.csv')",
        "SELECT * FROM read_parquet('{folder}/secret.csv')",
        "SELECT * FROM parquet_metadata('{folder}/secret.csv')",
        "SELECT * FROM parquet_schema('{folder}/secret.csv')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM glob('/**')",
        "SELECT * FROM read_duckdb('{folder}/other.duckdb')",
        "WITH s AS (SELECT * FROM read_text('{folder}/secret.csv')) SELECT count(*) FROM s",
        "SELECT (SELECT content FROM read_text('{folder}/secret.csv')) FROM range(1)",
        "SELECT * FROM query('SELECT * FROM read_text(''{folder}/secret.csv'')')",
        "SELECT * FROM query_table('{folder}/secret.csv')",
        "EXPLAIN ANALYZE SELECT * FROM read_text('{folder}/secret.csv')",
        "SUMMARIZE SELECT * FROM read_text('{folder}/secret.csv')",
        "DESCRIBE SELECT * FROM read_csv('{folder}/secret.csv')",
        "SELECT getenv('HOME')",
        "SELECT * FROM duckdb_secrets()",
    ),
    *_attacks(
        "read a file",
        "Permission",
        "IMPORT DATABASE '{folder}/export'",
    ),
    *_attacks(
        "write a file",
        NOT_A_QUERY,
        "COPY core.workforce TO '{folder}/out.csv'",
        "COPY (SELECT 1) TO '/dev/stdout'",
        "COPY core.workforce FROM '{folder}/secret.csv'",
        "EXPORT DATABASE '{folder}/export'",
        "ATTACH '{folder}/new.duckdb'",
        "ATTACH ':memory:' AS other",
        "CREATE PERSISTENT SECRET (TYPE s3, KEY_ID 'a', SECRET 'b')",
        "CREATE SECRET (TYPE s3, KEY_ID 'a', SECRET 'b')",
        "VACUUM",
        "ANALYZE",
        "CHECKPOINT",
        "FORCE CHECKPOINT",
    ),
    *_attacks(
        "write a file",
        CLOSED + "|Cannot execute statement",
        "EXPLAIN ANALYZE COPY core.workforce TO '{folder}/out.csv'",
        "EXPLAIN COPY core.workforce TO '{folder}/out.csv'",
    ),
    *_attacks(
        "change the warehouse",
        NOT_A_QUERY,
        "INSERT INTO core.workforce SELECT * FROM core.workforce",
        "UPDATE core.workforce SET value = 0",
        "DELETE FROM core.workforce",
        "TRUNCATE core.workforce",
        "MERGE INTO core.workforce USING (SELECT 1 AS one) AS s ON true WHEN MATCHED THEN DELETE",
        "WITH gone AS (SELECT 1) DELETE FROM core.workforce",
        "DROP TABLE core.workforce",
        "DROP SCHEMA core CASCADE",
        "ALTER TABLE core.workforce ADD COLUMN more INTEGER",
        "ALTER TABLE core.workforce RENAME TO other",
        "COMMENT ON TABLE core.workforce IS 'official'",
        "CREATE TABLE core.more (i INTEGER)",
        "CREATE OR REPLACE VIEW marts.vacancies AS SELECT 1",
        "CREATE TEMP TABLE workforce AS SELECT 0 AS value",
        "CREATE TEMP VIEW workforce AS SELECT 0 AS value",
        "CREATE TEMP MACRO sum(x) AS 0",
        "CREATE SEQUENCE numbers",
        "CREATE TYPE kind AS ENUM ('a')",
        "CREATE INDEX one ON core.workforce (value)",
    ),
    *_attacks(
        "change the warehouse",
        "Cannot execute statement",
        "EXPLAIN ANALYZE DELETE FROM core.workforce",
        "EXPLAIN ANALYZE INSERT INTO core.workforce SELECT * FROM core.workforce",
    ),
    *_attacks(
        "load an extension or use the network",
        CLOSED,
        "SELECT * FROM 'http://127.0.0.1:{port}/a.csv'",
        "SELECT * FROM read_csv('http://127.0.0.1:{port}/a.csv')",
        "SELECT * FROM read_parquet('s3://bucket/a.parquet')",
        "SELECT * FROM sqlite_scan('{folder}/a.sqlite', 'a')",
        "SELECT * FROM postgres_scan('host=127.0.0.1 port={port}', 'public', 'a')",
        "SELECT * FROM iceberg_scan('http://127.0.0.1:{port}/a')",
        "SELECT * FROM delta_scan('http://127.0.0.1:{port}/a')",
        "SELECT * FROM duckdb_extensions()",
    ),
    *_attacks(
        "load an extension or use the network",
        NOT_A_QUERY,
        "INSTALL httpfs",
        "INSTALL httpfs FROM 'http://127.0.0.1:{port}'",
        "FORCE INSTALL httpfs",
        "LOAD httpfs",
        "LOAD '{folder}/own.duckdb_extension'",
        "ATTACH 'http://127.0.0.1:{port}/a.duckdb'",
    ),
    *_attacks(
        "change a setting",
        NOT_A_QUERY,
        "SET enable_external_access = true",
        "SET GLOBAL enable_external_access = true",
        "SET lock_configuration = false",
        "SET memory_limit = '100GB'",
        "SET threads = 64",
        "SET temp_directory = '{folder}'",
        "SET allow_unsigned_extensions = true",
        "SET custom_extension_repository = 'http://127.0.0.1:{port}'",
        "SET VARIABLE a = 1",
        "RESET memory_limit",
        "PRAGMA memory_limit = '100GB'",
        "PRAGMA enable_profiling",
        "PRAGMA disable_checkpoint_on_shutdown",
        "CALL enable_logging()",
        "USE memory",
        "BEGIN",
        "PREPARE later AS SELECT 1",
    ),
    *_attacks(
        "run a second statement",
        NOT_ONE,
        "SELECT 1; DROP TABLE core.workforce",
        "SELECT 1; SELECT 2",
        "COPY FROM DATABASE warehouse TO memory",
        "SELECT 1 /* ; */; SET memory_limit = '100GB'",
        "CREATE TEMP TABLE a AS SELECT 1; SELECT * FROM a",
        "PIVOT core.workforce ON measure; DROP TABLE core.workforce",
        ";;",
    ),
]


@dataclass(frozen=True)
class TriedStatement:
    """One attack and what was wrong: nothing, if it was refused and changed nothing."""

    attack: Attack
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.attack.aim}, {self.attack.statement[:80]}: {'; '.join(self.wrong) or 'refused'}"


def tries(root: Path) -> Iterator[TriedStatement]:
    """Send each statement to a small warehouse below `root`, beside a secret file and a server that waits."""
    warehouse = root / "published" / "workforce.duckdb"
    warehouse.parent.mkdir()
    with duckdb.connect(warehouse) as con:
        con.execute("CREATE SCHEMA core; CREATE TABLE core.workforce AS SELECT 'fte' AS measure, 100.0 AS value")
    (root / "secret.csv").write_text("a\nmust-not-be-read\n")
    with duckdb.connect(root / "other.duckdb") as con:
        con.execute("CREATE TABLE other AS SELECT 'must-not-be-read' AS a")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        for attack in ATTACKS:
            port = str(listening.getsockname()[1])
            before, wrong = _state(root), []
            try:
                first_rows(warehouse, attack.statement.replace("{folder}", str(root)).replace("{port}", port))
                wrong.append("it was answered")
            except (duckdb.Error, WorkforceError) as refused:
                wrong += ["the secret is in the error"] if "must-not-be-read" in str(refused) else []
            wrong += ["a file was changed"] if _state(root) != before else []
            try:
                listening.accept()[0].close()
                wrong.append("a server was contacted")
            except BlockingIOError:
                pass
            yield TriedStatement(attack, tuple(wrong))


def _state(root: Path) -> dict[str, str]:
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(root.rglob("*")) if path.is_file()
    }
