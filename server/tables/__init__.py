"""The tables, one file per group. Rows only, no behaviour.

Every table carries `branch_id` first in its key: the branch is the unit of staff, cases, cash,
tick and backup, and one day the shard (design 3). Instants are integers of milliseconds, dates
are 'YYYY-MM-DD' in Asia/Shanghai, money is integer fen, structured values are canonical JSON.
"""

from server.tables.carried import (
    BackupRecord,
    Beacon,
    CourierBundle,
    HandOver,
    Incident,
    JournalMark,
    OutboxMessage,
)
from server.tables.core import (
    CoreBatch,
    CoreBatchReceipt,
    CoreException,
    CoreFile,
    CoreLineRow,
    RecoverySheet,
)
from server.tables.deposits import DepositLeave, DepositRule
from server.tables.field import (
    Assignment,
    Attachment,
    Intention,
    NoticeRow,
    Stop,
    Sweep,
    UnsignedReason,
    Visit,
)
from server.tables.history import (
    Clock,
    CommitLog,
    EpochRow,
    EventRow,
    Feed,
    RawInbox,
    VerdictRow,
)
from server.tables.identity import Branch, Device, DeviceKey, EnrolCode, Lane, Staff, StaffRole
from server.tables.kept import KeptItem
from server.tables.master import (
    Area,
    Household,
    ImportBatch,
    Loan,
    PriorInterruption,
    UnitChange,
    Village,
)
from server.tables.money import (
    CashCount,
    CashHandover,
    DayClose,
    LedgerLeg,
    ReceiptBook,
    ReceiptRow,
    Undoing,
)
from server.tables.office import (
    AssistRequest,
    PlanItem,
    ReportRow,
    Review,
    ServiceRequest,
    Task,
)

__all__ = [
    "Area",
    "Assignment",
    "AssistRequest",
    "Attachment",
    "BackupRecord",
    "Beacon",
    "Branch",
    "CashCount",
    "CashHandover",
    "Clock",
    "CommitLog",
    "CoreBatch",
    "CoreBatchReceipt",
    "CoreException",
    "CoreFile",
    "CoreLineRow",
    "CourierBundle",
    "DayClose",
    "DepositLeave",
    "DepositRule",
    "Device",
    "DeviceKey",
    "EnrolCode",
    "EpochRow",
    "EventRow",
    "Feed",
    "HandOver",
    "Household",
    "ImportBatch",
    "Incident",
    "Intention",
    "JournalMark",
    "KeptItem",
    "Lane",
    "LedgerLeg",
    "Loan",
    "NoticeRow",
    "OutboxMessage",
    "PlanItem",
    "PriorInterruption",
    "RawInbox",
    "ReceiptBook",
    "ReceiptRow",
    "RecoverySheet",
    "ReportRow",
    "Review",
    "ServiceRequest",
    "Staff",
    "StaffRole",
    "Stop",
    "Sweep",
    "Task",
    "Undoing",
    "UnitChange",
    "UnsignedReason",
    "VerdictRow",
    "Village",
    "Visit",
]
