"""What backup, restore and the check of history can say to the operator."""

from __future__ import annotations

MEMORY: dict[str, tuple[int, str, str, str, str]] = {
    "backup_nothing": (
        409,
        "这里还没有数据库，没有可备份的内容。",
        "There is no database here yet, and so nothing to back up.",
        "请先运行 doorstep init。",
        "Run doorstep init first.",
    ),
    "backup_busy": (
        409,
        "另一个备份正在 {folder} 中进行。",
        "Another backup is being made in {folder}.",
        "请等它结束后再试。",
        "Wait until it has ended, then try again.",
    ),
    "backup_disk_full": (
        507,
        "磁盘空间不足，{folder} 中的备份没有做成；原有备份和数据都没有改动。",
        "The disk is full: no backup was made in {folder}. Older backups and the data are as they"
        " were.",
        "请清出空间，或用 --to 换一块磁盘，再运行一次。",
        "Make room, or name another disk with --to, and run it again.",
    ),
    "backup_not_written": (
        500,
        "备份没有做成，无法读写 {file}（{error}）；原有备份和数据都没有改动。",
        "No backup was made: {file} cannot be read or written ({error}). Older backups and the data"
        " are as they were.",
        "请检查文件夹的属主、权限和磁盘，再运行一次。",
        "Check the folder's owner, its permissions and the disk, and run it again.",
    ),
    "backup_program_missing": (
        500,
        "找不到 PostgreSQL 的程序 {program}。",
        "The program {program} of PostgreSQL is not installed.",
        "请在这台机器上安装与数据库同一版本的 PostgreSQL 客户端程序。",
        "Install PostgreSQL's client programs, of the version of the server, on this machine.",
    ),
    "backup_program_failed": (
        500,
        "{program} 没有成功：{said}。",
        "{program} failed: {said}.",
        "请按它说的原因处理后再运行一次；原有备份没有改动。",
        "Cure what it says and run it again; older backups are as they were.",
    ),
    "backup_role": (
        403,
        "数据库账号不能建临时数据库，备份无法验证，所以没有做成。",
        "The database account may not create a scratch database, so no backup could be verified.",
        "请由数据库管理员执行：ALTER ROLE 账号 CREATEDB。",
        "Let the administrator of the database run: ALTER ROLE account CREATEDB.",
    ),
    "backup_damaged": (
        422,
        "备份已损坏：文件 {file} 与清单不符。",
        "The backup is damaged: its file {file} is not what the manifest says.",
        "请换用另一份备份；不要删除这一份，先查看磁盘。",
        "Use another backup; do not delete this one before the disk has been looked at.",
    ),
    "backup_unverified": (
        422,
        "备份还原后有 {count} 处与应有的不符，没有采用；原有备份都保留。第一处：{first}。",
        "The restored copy broke {count} promises, so the backup was not kept; older ones are."
        " The first: {first}.",
        "请运行 doorstep check 查看正在使用的数据库，并联系技术支持。",
        "Run doorstep check on the live database, and call support.",
    ),
    "backup_unknown": (
        404,
        "{folder} 不是上门系统的备份。",
        "{folder} is no backup of Doorstep.",
        "请指定备份文件夹里的一个 doorstep- 开头的文件夹。",
        "Name one of the folders that begin with doorstep- among the backups.",
    ),
    "backup_other_kind": (
        409,
        "这份备份来自 {kind}，与现在设置的数据库种类不同。",
        "This backup was made of {kind}; another kind of database is set now.",
        "请设置同一种数据库（DOORSTEP_DATABASE_URL）后再还原。",
        "Set the same kind of database (DOORSTEP_DATABASE_URL), then restore.",
    ),
    "restore_not_empty": (
        409,
        "这里已有数据库，没有还原。",
        "There is a database here already; nothing was restored.",
        "确认要用备份替换它时加 --replace；原来的会挪到一边，不会删除。",
        "Add --replace to put the backup in its place; it is moved aside, not deleted.",
    ),
    "restore_in_use": (
        409,
        "数据库正在使用，没有还原。",
        "The database is in use; nothing was restored.",
        "请先停止服务，再运行一次。",
        "Stop the server first, then run it again.",
    ),
    "journal_unreadable": (
        422,
        "流水日志 {folder} 接不上这份备份。",
        "The journal in {folder} does not join on to this backup.",
        "换用较新的备份；或加 --without-journal，由手机补回其后的记录，办公端其后的操作要重做。",
        "Use a newer backup; or add --without-journal: phones bring back what came later, and what"
        " the office did later must be done again.",
    ),
    "export_exists": (
        409,
        "文件 {file} 已经存在。",
        "There is a file {file} already.",
        "请换一个文件名：已有的导出不能被覆盖。",
        "Choose another name: an export is never written over.",
    ),
    "export_disturbed": (
        409,
        "导出期间办公室一直有新的记录，没有写完。",
        "The office kept recording during the export, and it was not finished.",
        "请在业务较少的时候再试。",
        "Try again when there is less work.",
    ),
}
