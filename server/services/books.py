"""Receipt books as services ask for them: which book holds a number, which numbers came in."""

from __future__ import annotations

from server.stores.books import as_book, book_holding, books_of_lane, used_numbers

__all__ = ["as_book", "book_holding", "books_of_lane", "used_numbers"]
