"""Which table of which study an address asks for, and its rows by their ids."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request

from detente.errors import StudyError
from detente.record.schema import TABLES, RecordTable
from detente.study import Study
from detente.web.editor.csv_rows import Row
from detente.web.editor.editor import EDITABLE, read_file


@dataclass(frozen=True, slots=True)
class TablePlace:
    """A table of a study's record, with the study's key and the table's name as addresses write them."""

    study: Study
    key: str
    table: str

    @property
    def schema(self) -> RecordTable:
        return TABLES[self.table]

    @property
    def address(self) -> str:
        return f"/s/{self.key}/record/{self.table}"

    def row(self, id_: str) -> Row:
        """The row with an id.

        Raises
        ------
        StudyError
            There is none.
        """
        found = read_file(self.study, self.table).find(self.schema.key, id_) if id_ else None
        if found is None:
            raise StudyError(
                f"There is no row '{id_[:60]}' in {self.schema.file}.",
                fix="It may have been renamed or removed.",
            )
        return found


def place_of(request: Request) -> TablePlace:
    """The table that an address names.

    Raises
    ------
    HTTPException
        404: no such table can be edited.
    """
    key, table = request.path_params["study"], request.path_params["table"]
    study = request.app.state.site.workspace.study(key)
    if table not in EDITABLE:
        raise HTTPException(404)
    return TablePlace(study, key, table)
