"""The words that the seeded company is made of. All people and companies are invented."""

from __future__ import annotations

COMPANY_ID = 140

WORKSPACES = {
    "Finance Close": "Month-end close: journals, reconciliations, intercompany",
    "Planning and Reporting": "Budget, forecast and management reporting",
    "Treasury and Tax": "Cash, payments, tax provision and filings",
}

ENVIRONMENTS = (
    ("Development", "Where chains are built", "#3C7CB7"),
    ("Test", "Where changes are tested", "#B7A43C"),
    ("Staging", "A last look before production", "#B7703C"),
    ("Production", "The live close", "#3CB702"),
)

# Twenty chains a workspace; each stands in all four environments.
CHAINS = {
    "Finance Close": (
        "Monthly Close", "Trial Balance Load", "GL to Consolidation", "Intercompany Matching",
        "Journal Upload", "Accruals Posting", "Bank Reconciliation", "Fixed Asset Depreciation",
        "FX Revaluation", "Subledger Tie-Out", "AP Aging Extract", "AR Aging Extract",
        "Inventory Valuation", "Close Checklist Reminder", "Flux Analysis",
        "Entity Hierarchy Sync", "Payroll Journal Import", "Lease Accounting Roll-Forward",
        "Revenue Recognition", "Close Package to Board",
    ),
    "Planning and Reporting": (
        "Annual Budget Load", "Rolling Forecast", "Actuals to Planning", "Headcount Plan Sync",
        "Sales Pipeline Import", "Board Deck Refresh", "KPI Dashboard Refresh",
        "Cost Center Allocation", "Product Profitability", "Variance Commentary Export",
        "10-K Support Tables", "10-Q Support Tables", "ESG Metrics Collection",
        "Regional P&L – EMEA", "Regional P&L – APAC", "Capex Tracker", "Master Data Publish",
        "Currency Rates Import", "Workforce Cost Model", "Management Report Distribution",
    ),
    "Treasury and Tax": (
        "Daily Cash Position", "Bank Statement Import", "Payment File Release", "Cash Forecast",
        "Debt Covenant Monitor", "Intercompany Loans Interest", "Hedge Accounting",
        "Liquidity Report", "Tax Provision", "VAT Return – Germany", "VAT Return – UK",
        "Withholding Tax Extract", "Transfer Pricing Report", "State Apportionment",
        "Fixed Asset Tax Depreciation", "Sanctions Screening", "FBAR Support",
        "Counterparty Limits", "Market Rates Import", "Treasury Dashboard Refresh",
    ),
}  # fmt: skip

# What goes on in Production, by chain: the stories that an owner would look for.
SLOW = {"Product Profitability": 2500.0, "GL to Consolidation": 3300.0}
FLAKY = {"Bank Statement Import": 0.22, "Sales Pipeline Import": 0.18}
BEGAN_FAILING = "Currency Rates Import"  # every run fails since a week ago
STOPPED_FIRING = "Counterparty Limits"  # its schedule is on, yet nothing ran for nine days
DISABLED_YET_SCHEDULED = "Lease Accounting Roll-Forward"
NEEDS_APPROVAL = ("Payment File Release", "Close Package to Board")

COMMANDS = (
    ("Read from ERP", "Extracts the period's records"),
    ("Validate Columns", "Checks the file against its template"),
    ("Transform", "Maps accounts and entities"),
    ("Load to Wdata", "Imports the file into its table"),
    ("Run Query", "Runs the saved query"),
    ("Write to Spreadsheet", "Writes the result to its sheet"),
    ("Send Notification", "Mails the owners"),
    ("Approve", "Waits for the approver"),
    ("Archive File", "Moves the file to the archive"),
    ("Refresh Connections", "Refreshes the sheet's connections"),
)

FAILURES = (
    "HTTP 503 from the ERP gateway",
    "Column 'Amount' is missing in the source file",
    "Timed out after 600 seconds waiting for the query",
    "The file 'rates.csv' was not found",
    "Login to the database failed for user svc_chains",
)
WARNINGS = (
    "14 rows were skipped: unknown cost center",
    "The source file is older than 24 hours",
    "2 entities have no mapping and were loaded to 'Unmapped'",
)

# name, data type, values that runs were given
INPUTS = (
    ("period", "string", ()),
    ("entity", "string", ("US01", "DE02", "UK03", "JP04", "BR05", "SG06")),
    ("source_file", "file", ("actuals.csv", "journals.xlsx", "bank_mt940.txt", "rates.csv")),
    ("threshold", "number", ("0", "100", "2500", "10000")),
    ("dry_run", "boolean", ("true", "false")),
    ("scenario", "string", ("Actual", "Budget", "Forecast")),
)

VARIABLES = (
    ("erp_host", "ERP host", "erp.example.com", False),
    ("erp_password", "ERP password", "", True),
    ("base_currency", "Base currency", "USD", False),
    ("notify", "Whom to notify", "close-team@example.com", False),
    ("batch_size", "Rows per batch", "5000", False),
)

ZONES = ("America/New_York", "Europe/Berlin", "Europe/London", "Asia/Tokyo", "UTC")

FIRST_NAMES = (
    "Dana", "Ines", "Marcus", "Priya", "Tomás", "Helen", "Kenji", "Amara", "Lukas", "Sofia",
    "Omar", "Grace", "Nils", "Mei", "Victor", "Ruth", "Paulo", "Anja", "Samir", "Clara",
)  # fmt: skip
LAST_NAMES = (
    "Whitfield", "Okafor", "Lindqvist", "Rao", "Hernández", "Beck", "Tanaka", "Moreau",
    "Novak", "O'Brien", "Costa", "Iyer", "Schmidt", "Park", "Dubois",
)  # fmt: skip

GROUPS = (
    "Admins", "Everyone", "Close Team", "FP&A", "Treasury", "Tax", "Data Engineering",
    "Internal Audit", "External Audit", "Controllers EMEA", "Service Accounts",
)  # fmt: skip

PLACES = (
    ("New York", "New York", "United States"),
    ("Denver", "Colorado", "United States"),
    ("Munich", "Bavaria", "Germany"),
    ("London", "England", "United Kingdom"),
    ("Tokyo", "Tokyo", "Japan"),
    ("São Paulo", "São Paulo", "Brazil"),
)
