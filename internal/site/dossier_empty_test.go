package site

import (
	"io"
	"testing"

	"thanthien/internal/view"
	"thanthien/web"
)

// The pages of dossiers and results execute with nothing in them.
func TestResultPagesExecuteEmpty(t *testing.T) {
	assets, err := view.NewAssets(web.Static)
	ok(t, err)
	engine := view.NewEngine(web.Pages, assets)
	ok(t, engine.Load())
	for name, page := range map[string]any{
		"dossier/list": view.DossierList{}, "dossier/score": view.DossierScore{}, "ranking/table": view.Ranking{},
		"leader/overview": view.Leader{}, "explain/leaf": view.Explain{}, "explain/total": view.ExplainUnit{},
	} {
		if err := engine.Render(io.Discard, name, page); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
