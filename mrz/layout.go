package mrz

// layouts are the tables of the formats. Columns count from 0 here, the end
// excluded: 1:6-14 of ICAO's tables is {0, 5, 14}.
var layouts = [formatCount]layout{
	// ICAO 9303-5, 4.2.2 and 4.2.4.
	TD1: {
		name: "TD1", lines: 3, length: 30,
		firstLetter: Only("ACI"), longNumbers: true,
		at: [partCount]span{
			FieldDocumentCode:   {0, 0, 2},
			FieldIssuingState:   {0, 2, 5},
			FieldDocumentNumber: {0, 5, 14},
			digitNumber:         {0, 14, 15},
			FieldOptional1:      {0, 15, 30},
			FieldBirthDate:      {1, 0, 6},
			digitBirth:          {1, 6, 7},
			FieldSex:            {1, 7, 8},
			FieldExpiryDate:     {1, 8, 14},
			digitExpiry:         {1, 14, 15},
			FieldNationality:    {1, 15, 18},
			FieldOptional2:      {1, 18, 29},
			digitComposite:      {1, 29, 30},
			FieldSurname:        {2, 0, 30},
			FieldGivenNames:     {2, 0, 30},
		},
		composite: []span{{0, 5, 30}, {1, 0, 7}, {1, 8, 15}, {1, 18, 29}},
	},

	// ICAO 9303-6, 4.2.2 and 4.2.4.
	TD2: {
		name: "TD2", lines: 2, length: 36,
		firstLetter: Only("ACI"), longNumbers: true,
		at: [partCount]span{
			FieldDocumentCode:   {0, 0, 2},
			FieldIssuingState:   {0, 2, 5},
			FieldSurname:        {0, 5, 36},
			FieldGivenNames:     {0, 5, 36},
			FieldDocumentNumber: {1, 0, 9},
			digitNumber:         {1, 9, 10},
			FieldNationality:    {1, 10, 13},
			FieldBirthDate:      {1, 13, 19},
			digitBirth:          {1, 19, 20},
			FieldSex:            {1, 20, 21},
			FieldExpiryDate:     {1, 21, 27},
			digitExpiry:         {1, 27, 28},
			FieldOptional1:      {1, 28, 35},
			digitComposite:      {1, 35, 36},
		},
		composite: []span{{1, 0, 10}, {1, 13, 20}, {1, 21, 35}},
	},

	// ICAO 9303-4, 4.2.2 and 4.2.4.
	TD3: {
		name: "TD3", lines: 2, length: 44,
		firstLetter: Only("P"),
		at: [partCount]span{
			FieldDocumentCode:   {0, 0, 2},
			FieldIssuingState:   {0, 2, 5},
			FieldSurname:        {0, 5, 44},
			FieldGivenNames:     {0, 5, 44},
			FieldDocumentNumber: {1, 0, 9},
			digitNumber:         {1, 9, 10},
			FieldNationality:    {1, 10, 13},
			FieldBirthDate:      {1, 13, 19},
			digitBirth:          {1, 19, 20},
			FieldSex:            {1, 20, 21},
			FieldExpiryDate:     {1, 21, 27},
			digitExpiry:         {1, 27, 28},
			FieldOptional1:      {1, 28, 42},
			FieldPersonalNumber: {1, 28, 42},
			digitPersonal:       {1, 42, 43},
			digitComposite:      {1, 43, 44},
		},
		composite: []span{{1, 0, 10}, {1, 13, 20}, {1, 21, 43}},
	},

	// ICAO 9303-7, 4.2.2.
	MRVA: {
		name: "MRV-A", lines: 2, length: 44,
		firstLetter: Only("V"),
		at: [partCount]span{
			FieldDocumentCode:   {0, 0, 2},
			FieldIssuingState:   {0, 2, 5},
			FieldSurname:        {0, 5, 44},
			FieldGivenNames:     {0, 5, 44},
			FieldDocumentNumber: {1, 0, 9},
			digitNumber:         {1, 9, 10},
			FieldNationality:    {1, 10, 13},
			FieldBirthDate:      {1, 13, 19},
			digitBirth:          {1, 19, 20},
			FieldSex:            {1, 20, 21},
			FieldExpiryDate:     {1, 21, 27},
			digitExpiry:         {1, 27, 28},
			FieldOptional1:      {1, 28, 44},
		},
	},

	// ICAO 9303-7, 5.2.2.
	MRVB: {
		name: "MRV-B", lines: 2, length: 36,
		firstLetter: Only("V"),
		at: [partCount]span{
			FieldDocumentCode:   {0, 0, 2},
			FieldIssuingState:   {0, 2, 5},
			FieldSurname:        {0, 5, 36},
			FieldGivenNames:     {0, 5, 36},
			FieldDocumentNumber: {1, 0, 9},
			digitNumber:         {1, 9, 10},
			FieldNationality:    {1, 10, 13},
			FieldBirthDate:      {1, 13, 19},
			digitBirth:          {1, 19, 20},
			FieldSex:            {1, 20, 21},
			FieldExpiryDate:     {1, 21, 27},
			digitExpiry:         {1, 27, 28},
			FieldOptional1:      {1, 28, 36},
		},
	},

	// Not ICAO's: the layout of the French decree of 1987. Optional1 is the
	// department and the office of issue.
	IDFRA: {
		name: "IDFRA", lines: 2, length: 36,
		firstLetter: Only("I"),
		at: [partCount]span{
			FieldDocumentCode:   {0, 0, 2},
			FieldIssuingState:   {0, 2, 5},
			FieldSurname:        {0, 5, 30},
			FieldOptional1:      {0, 30, 36},
			FieldDocumentNumber: {1, 0, 12},
			digitNumber:         {1, 12, 13},
			FieldGivenNames:     {1, 13, 27},
			FieldBirthDate:      {1, 27, 33},
			digitBirth:          {1, 33, 34},
			FieldSex:            {1, 34, 35},
			digitComposite:      {1, 35, 36},
		},
		composite: []span{{0, 0, 36}, {1, 0, 35}},
	},
}
