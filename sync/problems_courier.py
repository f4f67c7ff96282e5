"""What can be said of a bundle that somebody else carries."""

from __future__ import annotations

COURIER: dict[str, tuple[int, str, str, str, str]] = {
    "bundle_invalid": (
        400,
        "这不是上门的记录包。",
        "This is no bundle of Doorstep.",
        "请重新选择文件，或再扫一次。",
        "Choose the file again, or scan once more.",
    ),
    "bundle_damaged": (
        202,
        "记录包不完整，已原样留存。",
        "The bundle is not whole; it is kept as it came.",
        "请再扫一次或重新传一次；原手机上的记录都还在。",
        "Scan or send it once more. The records are still on the first phone.",
    ),
    "bundle_key_unknown": (
        202,
        "记录包是用本服务器没有的密钥封存的，已原样留存。",
        "The bundle is sealed to a key that this server does not have; it is kept as it came.",
        "请告诉管理员；原手机上的记录都还在。",
        "Tell the administrator. The records are still on the first phone.",
    ),
    "bundle_unreadable": (
        202,
        "记录包打不开（{rule}），已原样留存。",
        "The bundle cannot be opened ({rule}); it is kept as it came.",
        "请主管在办公端查看；原手机上的记录都还在。",
        "The supervisor should look at it. The records are still on the first phone.",
    ),
    "bundle_unproved": (
        202,
        "无法确认记录包出自哪台手机，已原样留存。",
        "No known phone proves to have made this bundle; it is kept as it came.",
        "请主管在办公端查看；原手机上的记录都还在。",
        "The supervisor should look at it. The records are still on the first phone.",
    ),
    "courier_full": (
        503,
        "打不开的记录包已经太多，这一个没有收下。",
        "Too many bundles that cannot be opened are kept already; this one was not taken.",
        "请先不要删除它，并告诉主管。",
        "Do not delete it, and tell the supervisor.",
    ),
    "no_server_key": (
        409,
        "本机还没有服务器的封存密钥。",
        "This phone does not have the key of the server yet.",
        "请先联网同步一次。",
        "Sync once with a connection first.",
    ),
}
