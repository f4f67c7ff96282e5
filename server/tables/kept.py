"""What is kept under lock: receipt books in stock, seals, collateral papers, keys (S211)."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from server.db import Base
from server.tables.columns import Code, Day, Hash, Id, IdKey, Name


class KeptItem(Base):
    """One thing of the custody register, with the two people who answer for it now."""

    __tablename__ = "kept_item"

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    kind: Mapped[Code]  # receipt_book, seal, collateral_paper, vault_key, other
    name: Mapped[Name]
    place: Mapped[Name]
    custodian_id: Mapped[Id]
    countersigner_id: Mapped[Id]
    state: Mapped[Code]  # kept, released
    moved_on: Mapped[Day]
    moved_by: Mapped[Hash]  # the event that says so
