#include "textflag.h"

// func add16(sums, taps *float32, n int, weights *float32, stride int)
TEXT ·add16(SB), NOSPLIT, $0-40
	MOVQ sums+0(FP), DI
	MOVQ taps+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ weights+24(FP), DX
	MOVQ stride+32(FP), BX
	SHLQ $2, BX
	VMOVUPS 0(DI), Y0
	VMOVUPS 32(DI), Y1
	TESTQ CX, CX
	JLE  done

loop:
	VBROADCASTSS (SI), Y8
	VMULPS 0(DX), Y8, Y9
	VMULPS 32(DX), Y8, Y10
	VADDPS Y9, Y0, Y0
	VADDPS Y10, Y1, Y1
	ADDQ $4, SI
	ADDQ BX, DX
	DECQ CX
	JNZ  loop

done:
	VMOVUPS Y0, 0(DI)
	VMOVUPS Y1, 32(DI)
	VZEROUPPER
	RET

// func add32At(sums, taps *float32, rows *uint16, first, n int, weights *float32, stride int)
TEXT ·add32At(SB), NOSPLIT, $0-56
	MOVQ sums+0(FP), DI
	MOVQ taps+8(FP), SI
	MOVQ rows+16(FP), R8
	MOVQ first+24(FP), R10
	MOVQ n+32(FP), CX
	MOVQ weights+40(FP), R9
	MOVQ stride+48(FP), BX
	SHLQ $2, BX
	IMULQ BX, R10
	SUBQ R10, R9
	VMOVUPS 0(DI), Y0
	VMOVUPS 32(DI), Y1
	VMOVUPS 64(DI), Y2
	VMOVUPS 96(DI), Y3
	TESTQ CX, CX
	JLE  done

loop:
	MOVWQZX (R8), DX
	IMULQ BX, DX
	ADDQ R9, DX
	VBROADCASTSS (SI), Y8
	VMULPS 0(DX), Y8, Y9
	VMULPS 32(DX), Y8, Y10
	VMULPS 64(DX), Y8, Y11
	VMULPS 96(DX), Y8, Y12
	VADDPS Y9, Y0, Y0
	VADDPS Y10, Y1, Y1
	VADDPS Y11, Y2, Y2
	VADDPS Y12, Y3, Y3
	ADDQ $4, SI
	ADDQ $2, R8
	DECQ CX
	JNZ  loop

done:
	VMOVUPS Y0, 0(DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VZEROUPPER
	RET

// func pool16(out, above, below *float32, n int)
TEXT ·pool16(SB), NOSPLIT, $0-32
	MOVQ out+0(FP), DI
	MOVQ above+8(FP), SI
	MOVQ below+16(FP), DX
	MOVQ n+24(FP), CX
	VXORPS Y8, Y8, Y8
	TESTQ CX, CX
	JLE  done

loop:
	VMOVUPS 0(SI), Y0
	VMOVUPS 32(SI), Y1
	VMAXPS 64(SI), Y0, Y0
	VMAXPS 96(SI), Y1, Y1
	VMAXPS 0(DX), Y0, Y0
	VMAXPS 32(DX), Y1, Y1
	VMAXPS 64(DX), Y0, Y0
	VMAXPS 96(DX), Y1, Y1
	VMAXPS Y8, Y0, Y0
	VMAXPS Y8, Y1, Y1
	VMOVUPS Y0, 0(DI)
	VMOVUPS Y1, 32(DI)
	ADDQ $128, SI
	ADDQ $128, DX
	ADDQ $64, DI
	DECQ CX
	JNZ  loop

done:
	VZEROUPPER
	RET
