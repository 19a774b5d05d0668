package demo

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"loket/internal/registry"
	"loket/internal/sheet"
	"loket/models"
)

// The invented ministry; no line of it is about anybody.
//
//go:embed ministry
var ministry embed.FS

//go:embed pages
var pages embed.FS

// Recap is a recap list to try out: "clean" goes through, "defects" shows what the check finds, "500" is long.
func Recap(name string) ([]byte, error) { return ministry.ReadFile("ministry/recap-" + name + ".csv") }

// files are the registry as the import wants it. Appointments for a time are given anew around the day of the first
// start: the files name days of one year, and a demo runs on any.
func files(first time.Time) (registry.Files, error) {
	var f registry.Files
	for name, to := range map[string]**registry.Source{"units": &f.Units, "employees": &f.Employees} {
		body, err := ministry.ReadFile("ministry/" + name + ".csv")
		if err != nil {
			return f, fmt.Errorf("open the demo's %s: %w", name, err)
		}
		*to = &registry.Source{Name: name + ".csv", Body: bytes.NewReader(body)}
	}
	appointments, err := table("ministry/appointments.csv")
	if err != nil {
		return f, err
	}
	var body bytes.Buffer
	if err := sheet.WriteCSV(&body, appointments.Header, current(appointments, models.DateOf(first))); err != nil {
		return f, fmt.Errorf("write the demo's appointments: %w", err)
	}
	f.Appointments = &registry.Source{Name: "appointments.csv", Body: &body}
	return f, nil
}

// current gives the lines of the appointments, each period that ends moved so that today lies in it.
func current(t sheet.Table, today models.Date) [][]string {
	rows := make([][]string, len(t.Rows))
	for i, r := range t.Rows {
		if r.Cells["valid_until"] != "" {
			r.Cells["valid_from"], r.Cells["valid_until"] = today.AddDays(-21).String(), today.AddDays(365).String()
		}
		for _, column := range t.Header {
			rows[i] = append(rows[i], r.Cells[column])
		}
	}
	return rows
}

func table(name string) (sheet.Table, error) {
	f, err := ministry.Open(name)
	if err != nil {
		return sheet.Table{}, fmt.Errorf("open %s: %w", name, err)
	}
	t, err := read(name, f)
	if closing := f.Close(); err == nil {
		err = closing
	}
	return t, err
}

func read(name string, f fs.File) (sheet.Table, error) {
	t, err := sheet.Read(name, f, sheet.RegistryLimits())
	if err != nil {
		return t, fmt.Errorf("read %s: %w", name, err)
	}
	return t, nil
}
