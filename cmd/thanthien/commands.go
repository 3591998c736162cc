package main

// commands lists every subcommand in the order the help shows them.
func commands() []command {
	return []command{
		{"demo", "run the site on a made-up province, filled at first start", "[--addr :8080] [--data DIR] [--reset]", "demo --addr :9090", runDemo},
		{"serve", "run the site", "[--addr :8080] [--db URL]", "serve --db ./data/thanthien.db", runServe},
		{"units import", "import units from CSV or Excel, all or none", "FILE", "units import don-vi.csv", runUnitsImport},
		{"units list", "list the units", "[--level commune]", "units list --level commune", runUnitsList},
		{"criteria import", "store a criteria set (YAML or workbook), or a sample by ID@VERSION", "FILE [--draft] [--replace]", "criteria import mau-than-thien-bg@1", runCriteriaImport},
		{"criteria list", "list the criteria sets", "", "criteria list", runCriteriaList},
		{"criteria export", "write a criteria set", "ID[@V] [--format yaml|xlsx] [--out FILE]", "criteria export mau-than-thien-bg@1 --out mau.yaml", runCriteriaExport},
		{"criteria diff", "say in words how two criteria sets differ: files, or ID@VERSION", "OLD NEW [--db URL]", "criteria diff mau-than-thien-bg@1 tinh.xlsx", runCriteriaDiff},
		{"replay", "try a draft criteria set on a period's data: who enters, who leaves", "--criteria FILE --period ID [--format json|csv|xlsx] [--out FILE]", "replay --criteria du-thao.yaml --period 2025", runReplay},
		{"form import", "store a survey form, or a sample by ID@VERSION", "FILE", "form import pks07@1", runFormImport},
		{"period create", "create a period", "ID --criteria ID@V [--scope UNIT] [--open]", "period create 2026 --criteria mau-than-thien-bg@1 --scope 24 --open", runPeriodCreate},
		{"period open", "open a period: freeze its units, make its dossiers", "ID", "period open 2026", runPeriodOpen},
		{"period list", "list the periods", "", "period list", runPeriodList},
		{"campaign create", "create a survey campaign over a period's units", "ID --form ID@V --period ID --closes TIME", "campaign create hai-long-2026 --form pks07@1 --period 2026 --closes 2026-12-15", runCampaignCreate},
		{"campaign list", "list the campaigns", "", "campaign list", runCampaignList},
		{"marks export", "write a period's marks as a marks file", "--period ID [--stage CODE] [--out FILE]", "marks export --period 2026 --out marks.json", runMarksExport},
		{"marks import", "save the marks of a marks file", "--period ID [--stage CODE] FILE", "marks import --period 2026 marks.json", runMarksImport},
		{"responses import", "put paper forms of a file into a campaign, all or none", "--campaign ID [--check] FILE.xlsx|FILE.csv|FILE.ndjson", "responses import --campaign hai-long-2026 phieu.xlsx", runResponsesImport},
		{"responses export", "write a campaign's responses: workbook, CSV or one JSON a line", "--campaign ID [--out FILE.xlsx|.csv|.ndjson] [--format F]", "responses export --campaign hai-long-2026 --out phieu.xlsx", runResponsesExport},
		{"verify", "compare every campaign's counts with a recount of its responses", "[--campaign ID] [--db URL]", "verify --db ./data/thanthien.db", runVerify},
		{"export ranking", "write the ranking workbook", "--period ID [--stage CODE] --out FILE.xlsx", "export ranking --period 2026 --out xep-hang.xlsx", runExportRanking},
		{"load", "post made-up responses to a running site and time it", "--url U --campaign C [--concurrency N] [--duration D] [--count N]", "load --url http://localhost:8080 --campaign hai-long-2026 --concurrency 64 --duration 30s", runLoad},
		{"user add", "create an account", "LOGIN --role ROLE [--unit CODE]", "user add xa01 --role commune --unit 07210", runUserAdd},
		{"user list", "list the accounts", "", "user list", runUserList},
		{"user disable", "stop an account from signing in", "LOGIN [--undo]", "user disable xa01", runUserDisable},
		{"user reset", "give an account a new password", "LOGIN", "user reset xa01", runUserReset},
		{"criteria validate", "check criteria-set files and list every problem with its line or cell", "FILE…", "criteria validate tinh.yaml", runCriteriaValidate},
		{"score", "score units from files, without a database", "--criteria FILE --marks FILE [--survey FILE] [--units FILE] [--target 60] [--format json|csv|xlsx]", "score --criteria tinh.yaml --marks marks.json --survey tally.json --target 60", runScore},
		{"tally", "tally responses from files, without a database", "--form FILE --responses FILE [--format json|csv|xlsx]", "tally --form pks07.yaml --responses responses.ndjson", runTally},
	}
}
