"""The sentences of the verifier. code -> (Chinese, English); a place stands before each."""

from __future__ import annotations

# Word of a place -> how it is called in front of what it names.
PLACES: dict[str, tuple[str, str]] = {
    "account": ("账户", "account"),
    "attachment": ("附件", "attachment"),
    "book": ("收据本", "book"),
    "day": ("日期", "day"),
    "device": ("手机", "device"),
    "event": ("记录", "event"),
    "field": ("字段", "field"),
    "file": ("文件", "file"),
    "hash": ("哈希", "hash"),
    "key": ("密钥指纹", "key fingerprint"),
    "kind": ("类别", "kind"),
    "lane": ("记录链", "lane"),
    "line": ("第几行", "line"),
    "lines": ("行", "lines"),
    "month": ("月份", "month"),
    "officer": ("外勤", "officer"),
    "receipt": ("收据", "receipt"),
    "report": ("报告", "report"),
    "rule": ("规则", "rule"),
    "said": ("导出所称", "the export says"),
    "seq": ("序号", "number"),
    "should": ("应为", "should be"),
}

WORDS: dict[str, tuple[str, str]] = {
    # The file
    "file_unreadable": ("无法读取。", "cannot be read."),
    "line_unreadable": ("不是规范的一行记录。", "is no record in its one spelling."),
    "line_shape": ("记录的字段不符合格式。", "the fields of the record are not those of its form."),
    "line_order": ("记录的次序不符合格式。", "the record stands where its form has none."),
    "row_twice": ("同一行出现两次。", "the same stands here twice."),
    "format_unknown": ("格式版本不认识。", "the version of the format is not known."),
    "seal_missing": (
        "文件末尾没有封签：文件被截断，或没有写完。",
        "there is no seal at the end: the file was cut, or was never finished.",
    ),
    "seal_broken": ("封签与文件内容不符。", "the seal does not say what the file holds."),
    "seal_signature": ("封签的签名不成立。", "the signature of the seal does not hold."),
    "line_changed": ("这一行在封签之后被改过。", "this line was changed after the sealing."),
    "lines_missing": (
        "行数不对：有行被删去或加入。",
        "the number of lines is wrong: some were removed or added.",
    ),
    "key_other": (
        "封签用的不是您给出的密钥。",
        "the seal was made with another key than the one you named.",
    ),
    "check_failed": (
        "这一项无法核对：所含内容不可能由系统写出。",
        "this check could not be made: no system of ours writes such a file.",
    ),
    # Chains, signatures and keys
    "event_changed": ("内容与其哈希不符。", "its bytes are not what its hash says."),
    "event_twice": ("同一记录出现两次。", "the event stands here twice."),
    "lane_unknown": ("没有这条记录链。", "there is no such lane."),
    "lane_twice": ("同一记录链出现两次。", "the lane stands here twice."),
    "chain_broken": ("记录链在此中断。", "the chain is broken here."),
    "head_wrong": ("记录链的末端与封签不符。", "the head of the lane is not that of the seal."),
    "head_forgotten": (
        "早前一次导出中有的记录，现在没有了。",
        "an earlier export had this event, and it is gone.",
    ),
    "off_the_chain": ("记录不在链上，也不是分叉。", "the event is off the chain and no fork."),
    "signature_wrong": ("没有有效的签名。", "no good signature vouches for it."),
    "office_lane_missing": ("没有办公室的记录链。", "the lane of the office is missing."),
    "key_unproved": (
        "密钥在登记或更换记录中找不到。",
        "no enrolment and no change of key brought this key.",
    ),
    "officer_wrong": ("外勤与登记记录不符。", "the officer is not the one of the enrolment."),
    # Verdicts
    "verdicts_wrong": ("处理结论的次序不成立。", "the verdicts on it are in no possible order."),
    "verdict_missing": ("没有处理结论。", "it has no verdict."),
    "verdict_unfounded": (
        "结论没有相应的裁定记录。",
        "nobody's ruling stands behind its verdict.",
    ),
    "applied_invalid": ("内容不符合规则，却已入账。", "it breaks a rule and was applied."),
    # Legs and accounts
    "legs_unbalanced": ("分录借贷不平。", "its legs do not sum to zero."),
    "legs_wrong": ("分录与内容和结论推出的不同。", "its legs are not what follows from it."),
    "legs_day": ("分录的日期不对。", "its legs bear another day."),
    "kind_without_rule": (
        "有分录，但本程序没有这类记录的规则。",
        "it has legs, and this program has no rule for its kind.",
    ),
    "body_unreadable": ("内容缺少规则所需的字段。", "its body lacks what its rule needs."),
    "account_wrong": ("余额与分录之和不符。", "the balance is not the sum of its legs."),
    "credit_wrong": (
        "多收的款项与应退的款项不符。",
        "what was over-collected is not what is owed back.",
    ),
    "vault_negative": ("库存现金为负。", "the vault holds less than nothing."),
    # Receipts, books, custody
    "receipt_wrong": ("收据行与记录推出的不同。", "the row is not what follows from its event."),
    "receipt_missing": ("收据记录没有收据行。", "a receipt was recorded and has no row."),
    "number_twice": ("同一号码用在两张收据上。", "the number stands on two receipts."),
    "number_unknown": ("号码不在任何收据本内。", "the number is in no book."),
    "number_of_another": ("号码属于别的手机的收据本。", "the number is in the book of another."),
    "number_hole": (
        "号码跳过未用，其后的现金已点交而没有说明。",
        "the number was left out, later cash was counted, and nobody explained it.",
    ),
    "number_hole_open": (
        "号码跳过未用，尚无说明。",
        "the number was left out and is not explained yet.",
    ),
    "number_in_doubt": ("号码待核实。", "the number waits for a person."),
    "number_out_of_order": ("号码未按次序使用。", "the number was used out of order."),
    "book_wrong": ("收据本与领用记录不符。", "the book is not what was issued."),
    "book_missing": ("领用的收据本不在导出中。", "a book that was issued is missing."),
    "counted_twice": ("现金被点交了两次。", "its cash was counted twice."),
    "counted_unknown": ("点交了不存在的收据。", "a receipt was counted that does not exist."),
    "posted_unknown": (
        "核心系统入账的收据不存在。",
        "the core system booked a receipt that does not exist.",
    ),
    "posted_amount": (
        "核心系统入账的金额与收据不同。",
        "the core system booked another amount than that of the receipt.",
    ),
    "count_wrong": (
        "点交的应有金额不是所列收据之和。",
        "the cash expected is not the sum of the receipts counted.",
    ),
    "count_row_wrong": ("点交行与记录不符。", "the row of the count is not what its event says."),
    "custody_wrong": (
        "手中现金不是未点交收据之和。",
        "the cash in hand is not the sum of the receipts not yet counted.",
    ),
    # Days, months, reports, photos
    "day_wrong": ("日结数字与记录推出的不同。", "the day close is not what the records say."),
    "day_row_wrong": ("日结行与记录不符。", "the row of the close is not what its event says."),
    "figure_wrong": ("数字与记录推出的不同。", "the figure is not what the records say."),
    "report_changed": ("冻结的报告被改过。", "the frozen report was changed."),
    "report_unknown": ("报告与签发记录不符。", "the report is not one that was issued."),
    "report_missing": ("签发的报告不在导出中。", "a report that was issued is missing."),
    "report_cash_wrong": (
        "报告的现金数字与收据之和不符。",
        "the cash of the report is not the sum of its receipts.",
    ),
    "attachment_wrong": ("附件与登记的不符。", "the photo is not the one that was promised."),
    # Open points
    "handover_differs": (
        "面对面交接的金额不是所含收据之和。",
        "a handover in person is not the sum of the receipts that went with it.",
    ),
    "fork": ("同一序号有两条记录。", "another event holds the same number."),
    "waiting": ("前面的记录还没有到。", "what comes before it has not come yet."),
    "vouched_later": (
        "签名在重新送达时核验过，导出中没有。",
        "a good signature came with a later delivery and is not in the export.",
    ),
    "unsigned_kept": ("没有有效签名，留待核实。", "no good signature; it is kept aside."),
    "import_unsealed": (
        "早期的导入没有分录哈希，无法核对余额来源。",
        "an import of an older version has no hash of its legs; its balances are as stated.",
    ),
}
