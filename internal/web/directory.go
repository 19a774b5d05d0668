package web

import (
	"loket/internal/edge"
	"loket/models"
)

// directoryRoutes are how accounts reach the directory, for the service desk.
func directoryRoutes() []route {
	support := edge.Roles(supportRoles()...)
	return []route{
		get("/support/directory", support, (*visit).directoryPage, "How the directory stands, and what it refused"),
		post("/support/directory/retry", support, (*visit).retryDirectory, "Carry every refused account again"),
		post("/support/directory/:id/retry", support, (*visit).retryDirectory, "Carry an account again"),
		post("/support/directory/:id/leave-out", support, (*visit).leaveOutOfDirectory, "Leave an account out of the directory"),
	}
}

type directoryBody struct {
	State models.DirectoryState
	Items []models.DirectoryFailure
	Pages pager
}

func (v *visit) directoryPage() error {
	state, err := v.portal.Desk.DirectoryState(v.Request.Context(), v.actor())
	if err != nil {
		return err
	}
	page, err := v.portal.Desk.DirectoryFailures(v.Request.Context(), v.actor(), v.pageQuery())
	if err != nil {
		return err
	}
	return v.show("directory", frame{Title: v.say.T("directory.title"), Lead: v.say.T("directory.lead"),
		Crumbs: []link{{v.say.T("portal.support.title"), "/support"}}, Body: directoryBody{state, page.Items, v.pager(page.Next)}})
}

func (v *visit) retryDirectory() error {
	if err := v.portal.Desk.RetryDirectory(v.Request.Context(), v.actor(), v.Param("id")); err != nil {
		return err
	}
	return v.to("/support/directory", "directory_retried")
}

func (v *visit) leaveOutOfDirectory() error {
	if err := v.portal.Desk.LeaveOutOfDirectory(v.Request.Context(), v.actor(), v.Param("id")); err != nil {
		return err
	}
	return v.to("/support/directory", "directory_left_out")
}
