# What cannot be drawn, or not be waited for, is refused.
def refused(draw) { try { draw(); print("drawn") } catch e { print(e.message) } }
refused(() -> plot([-1.7e308, 1.7e308], size=(40, 8)))
refused(() -> scatter([-1.7e308, 1.7e308], [1, 2]))
refused(() -> plot([0, 1.7e308]))
refused(() -> plot([1, 1.7e308], logy=true))
refused(() -> heatmap([[1, 2], [3, 1.7e308]]))
refused(() -> plot([0, 3.9e307], size=(40, 8)))
refused(() -> plot([1, 3.9e307], logy=true, size=(40, 8)))
refused(() -> plot([1, 1.7e308], ylim=(0, 3), size=(40, 8)))
refused(() -> contour((x, y) -> x * y, -1, 1, levels=[nan]))
refused(() -> contour((x, y) -> x * y, -1, 1, levels=[]))
for pause in (-1, nan, inf) { refused(() -> animate(k -> print(k), 3, pause=pause)) }
refused(() -> hist(randn(10), arange(20000)))
refused(() -> hist(randn(10), 20000))
refused(() -> hist(randn(10), [2, 1]))
