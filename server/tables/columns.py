"""The few kinds of column that all tables are made of."""

from __future__ import annotations

from typing import Annotated

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import mapped_column

# Ids are short ASCII: 'officer-1', 'L-W01', or 32 hex digits.
Id = Annotated[str, mapped_column(String(64))]
IdKey = Annotated[str, mapped_column(String(64), primary_key=True)]
Hash = Annotated[str, mapped_column(String(64))]  # lower hex SHA-256
HashKey = Annotated[str, mapped_column(String(64), primary_key=True)]
Code = Annotated[str, mapped_column(String(64))]  # a word of ours, or an id typed on a phone
Name = Annotated[str, mapped_column(String(200))]
Fen = Annotated[int, mapped_column(BigInteger)]
Instant = Annotated[int, mapped_column(BigInteger)]  # milliseconds since 1970, UTC
Tick = Annotated[int, mapped_column(BigInteger)]
Seq = Annotated[int, mapped_column(BigInteger)]  # place in a lane, from 1
Day = Annotated[str, mapped_column(String(10))]  # 'YYYY-MM-DD', Asia/Shanghai
Json = Annotated[str, mapped_column(Text)]  # canonical JSON
