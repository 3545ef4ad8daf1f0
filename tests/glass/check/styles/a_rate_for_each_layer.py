import numpy as np

rates = [0.5, 2.0, 4.0]
X = np.array([[0, 0, 1], [0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 1, 1]])
Y = np.array([[1, 0], [0, 1], [1, 1], [0, 0], [0, 1]])

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def main():
    w0 = 2 * np.random.random((3, 6)) - 1
    w1 = 2 * np.random.random((6, 4)) - 1
    w2 = 2 * np.random.random((4, 2)) - 1
    for i in range(100):
        l1 = sigmoid(X @ w0)
        l2 = sigmoid(l1 @ w1)
        out = sigmoid(l2 @ w2)
        delta_out = 2 * (out - Y) * out * (1 - out)
        delta_l2 = delta_out @ w2.T * l2 * (1 - l2)
        delta_l1 = delta_l2 @ w1.T * l1 * (1 - l1)
        w2 -= rates[2] * l2.T @ delta_out
        w1 -= rates[1] * l1.T @ delta_l2
        w0 -= rates[0] * X.T @ delta_l1

if __name__ == "__main__":
    main()
