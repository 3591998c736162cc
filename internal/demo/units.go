package demo

import (
	"fmt"
	"time"

	"thanthien/internal/unit"
)

// zone is Vietnam's time.
var zone = time.FixedZone("ICT", 7*60*60)

// units returns the made-up province, its clusters and its communes.
func units() []unit.Unit {
	list := []unit.Unit{{Code: Province, Name: "Tỉnh Minh Họa", Level: unit.Province}}
	for i, n := range []string{"Trung tâm", "Đông", "Tây", "Nam", "Bắc"} {
		list = append(list, unit.Unit{Code: cluster(i), Name: "Cụm " + n, Level: unit.District, Parent: Province})
	}
	for i := 1; i <= Communes; i++ {
		list = append(list, unit.Unit{Code: code(i), Name: name(i), Level: unit.Commune, Parent: cluster((i - 1) / (Communes / Clusters))})
	}
	return list
}

func cluster(i int) string { return fmt.Sprintf("99C%d", i+1) }

func code(i int) string { return fmt.Sprintf("99%03d", i) }

// name is the name of commune i: wards in the centre, communes outside, and a
// few as long as real names get.
func name(i int) string {
	switch {
	case i <= 8:
		return fmt.Sprintf("Phường Minh Họa %02d", i)
	case i == 13:
		return "Thị trấn Nông trường Minh Họa Thượng Nguyên"
	case i == 29:
		return "Xã Minh Họa Đông Nam Trường Khánh Thượng"
	case i == 40:
		return "Đặc khu Quần đảo Minh Họa Bắc"
	}
	return fmt.Sprintf("Xã Minh Họa %02d", i)
}
