package main

// commands lists every subcommand in the order the help shows them.
func commands() []command {
	return []command{
		{"demo", "run the site on a made-up province, filled at first start", "[--addr :8080] [--data DIR] [--reset]", "demo --addr :9090", runDemo},
		{"serve", "run the site", "[--addr :8080] [--db URL]", "serve --db ./data/thanthien.db", runServe},
		{"criteria validate", "check criteria-set files and list every problem with its line", "FILE…", "criteria validate tinh.yaml", runCriteriaValidate},
		{"score", "score units from files, without a database", "--criteria FILE --marks FILE [--survey FILE] [--units FILE] [--target 60] [--format json|csv|xlsx]", "score --criteria tinh.yaml --marks marks.json --survey tally.json --target 60", runScore},
		{"tally", "tally responses from files, without a database", "--form FILE --responses FILE [--format json|csv|xlsx]", "tally --form pks07.yaml --responses responses.ndjson", runTally},
	}
}
