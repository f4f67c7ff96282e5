"""The pages, one file per group. Importing a file puts its pages on the blueprint."""

from server.console.views import (
    books,
    bundles,
    cash,
    day,
    devices,
    evidence,
    hand_over,
    home,
    import_file,
    master,
    plan,
    quarantine,
    report,
    requests,
    review,
    sign_in,
)

VIEWS = (
    books,
    bundles,
    cash,
    day,
    devices,
    evidence,
    hand_over,
    home,
    import_file,
    master,
    plan,
    quarantine,
    report,
    requests,
    review,
    sign_in,
)
