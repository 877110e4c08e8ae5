package kube

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTextsAreHeldOnce(t *testing.T) {
	texts := &Texts{}
	require.Zero(t, texts.Number(""))
	require.Empty(t, texts.Text(0))
	_, known := texts.find("before any")
	require.False(t, known)
	number, known := texts.find("")
	require.True(t, known)
	require.Zero(t, number)
	const many = 10_000 // the table grows several times
	for i := range many {
		require.EqualValues(t, i+1, texts.Number(fmt.Sprint("text-", i)))
		require.EqualValues(t, i/2+1, texts.Number(fmt.Sprint("text-", i/2)), "one that is known")
	}
	for i := range many {
		text := fmt.Sprint("text-", i)
		require.Equal(t, text, texts.Text(uint32(i+1)))
		number, known := texts.find(text)
		require.True(t, known)
		require.EqualValues(t, i+1, number)
	}
	_, known = texts.find(fmt.Sprint("text-", many))
	require.False(t, known)
	require.EqualValues(t, many+1, texts.Number("after all"), "looking for a text makes none known")
}
