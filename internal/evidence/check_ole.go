package evidence

import (
	"encoding/binary"
	"io"
	"slices"
	"unicode/utf16"

	"thanthien/internal/fault"
)

// oleMagic starts the container of Word, Excel and PowerPoint before 2007.
const oleMagic = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

// Places in the head and the directory of the container.
const (
	oleHead      = 512
	oleSectorBit = 30 // log2 of the sector size: 9 or 12
	oleFirstDir  = 48
	oleFATList   = 76  // the first sectors of the allocation table
	oleFATCount  = 109 // how many of them the head names
	oleFATMore   = 68  // the first sector that names more
	oleEntry     = 128
	oleNameLen   = 64
	oleEnd       = 0xFFFFFFFA // sector numbers from here on are marks
)

// maxOLEDir is how many sectors of the directory are read.
const maxOLEDir = 4096

// checkOLE tells an old Office file by the streams in its directory.
func checkOLE(r io.ReaderAt, size int64) (Type, error) {
	names, err := oleNames(r, size)
	if err != nil {
		return "", err
	}
	has := func(name string) bool { return slices.Contains(names, name) }
	switch {
	case has("EncryptedPackage"):
		return "", fault.New(fault.Unsupported, "evidence.locked")
	case has("_VBA_PROJECT") || has("_VBA_PROJECT_CUR") || has("Macros"):
		return "", fault.New(fault.Unsupported, "evidence.macro")
	case has("WordDocument"):
		return DOC, nil
	case has("Workbook") || has("Book"):
		return XLS, nil
	case has("PowerPoint Document"):
		return PPT, nil
	}
	return "", fault.New(fault.Unsupported, "evidence.type")
}

// oleNames returns the names in the directory, following its chain of sectors.
func oleNames(r io.ReaderAt, size int64) ([]string, error) {
	head, err := readAt(r, size, 0, oleHead)
	if err != nil {
		return nil, err
	}
	if len(head) < oleHead {
		return nil, broken()
	}
	bits := binary.LittleEndian.Uint16(head[oleSectorBit:])
	if bits != 9 && bits != 12 {
		return nil, broken()
	}
	sector := int64(1) << bits
	var names []string
	at := binary.LittleEndian.Uint32(head[oleFirstDir:])
	for n := 0; at < oleEnd; n++ {
		data, err := readAt(r, size, sectorAt(at, sector), int(sector))
		if err != nil {
			return nil, err
		}
		if n == maxOLEDir || len(data) == 0 {
			return nil, broken()
		}
		names = append(names, entryNames(data)...)
		if at, err = nextSector(r, size, head, sector, at); err != nil {
			return nil, err
		}
	}
	return names, nil
}

func entryNames(sector []byte) []string {
	var names []string
	for ; len(sector) >= oleEntry; sector = sector[oleEntry:] {
		n := int(binary.LittleEndian.Uint16(sector[oleNameLen:]))
		if n < 2 || n > oleNameLen {
			continue
		}
		units := make([]uint16, n/2-1) // without the closing zero
		for i := range units {
			units[i] = binary.LittleEndian.Uint16(sector[2*i:])
		}
		names = append(names, string(utf16.Decode(units)))
	}
	return names
}

// nextSector looks up what follows a sector.
func nextSector(r io.ReaderAt, size int64, head []byte, sector int64, at uint32) (uint32, error) {
	perSector := uint32(sector / 4)
	table, err := tableSector(r, size, head, sector, at/perSector)
	if err != nil {
		return 0, err
	}
	return numberAt(r, size, sectorAt(table, sector)+int64(at%perSector)*4)
}

// tableSector returns the sector of the i-th part of the allocation table: the
// head names the first, a chain of sectors full of numbers the others.
func tableSector(r io.ReaderAt, size int64, head []byte, sector int64, i uint32) (uint32, error) {
	if i < oleFATCount {
		return binary.LittleEndian.Uint32(head[oleFATList+4*i:]), nil
	}
	i -= oleFATCount
	inSector := uint32(sector/4) - 1 // the last number leads on
	at := binary.LittleEndian.Uint32(head[oleFATMore:])
	for ; i >= inSector; i -= inSector {
		var err error
		if at, err = numberAt(r, size, sectorAt(at, sector)+int64(inSector)*4); err != nil {
			return 0, err
		}
	}
	return numberAt(r, size, sectorAt(at, sector)+int64(i)*4)
}

func sectorAt(n uint32, sector int64) int64 { return (int64(n) + 1) * sector }

// numberAt reads a number; one outside the file makes the container broken.
func numberAt(r io.ReaderAt, size, at int64) (uint32, error) {
	b, err := readAt(r, size, at, 4)
	if err == nil && len(b) < 4 {
		err = broken()
	}
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(b), nil
}
