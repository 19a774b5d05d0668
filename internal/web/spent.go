package web

import (
	"log/slog"
	"net/http"

	"loket/models"
)

// spentLink is the page of a link that opens nothing any more, and the way on, which differs by what the link was for.
type spentLink struct {
	Text string
	Way  link
}

// spentWays are where the readers of used links go on, by the kind of link.
func spentWays() map[string]string {
	return map[string]string{models.LinkReset: "/forgotten", models.LinkFirstPassword: "/sign-in", models.LinkEmail: "/profile"}
}

func (v *visit) spent(p *models.Problem) {
	body := spentLink{Text: v.problemDetail(p), Way: link{v.say.T("portal.problem.sign_in"), "/sign-in"}}
	kind := p.Params["link"]
	if href, ok := spentWays()[kind]; ok {
		body.Way = link{v.say.T("link.spent." + kind), href}
	}
	if err := v.showAs(statusOf(p.Code), "link-spent", frame{Title: v.problemText(p), Body: body}); err != nil {
		v.portal.Log.ErrorContext(v.Request.Context(), "render a used link", slog.Any("error", err))
		v.String(http.StatusInternalServerError, p.Code)
	}
}
