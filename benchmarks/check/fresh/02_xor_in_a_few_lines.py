# A neural network that learns XOR, with nothing but numpy.
#
# The truth table is tiny, so there is no train / test split here: the four
# rows are all the data in the world.

import numpy as np

np.random.seed(42)


def sigmoid(x, deriv=False):
    if deriv:
        # careful: x has to be the *output* of the sigmoid here
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))


# inputs, one example per row
X = np.array([[0, 0],
              [0, 1],
              [1, 0],
              [1, 1]])

# targets
y = np.array([[0], [1], [1], [0]])

# random weights in (-1, 1)
syn0 = 2 * np.random.random((2, 4)) - 1
syn1 = 2 * np.random.random((4, 1)) - 1
bias0 = 2 * np.random.random((1, 4)) - 1
bias1 = 2 * np.random.random((1, 1)) - 1

alpha = 0.8

for epoch in range(20001):

    # 1. forward
    l0 = X
    l1 = sigmoid(l0 @ syn0 + bias0)
    l2 = sigmoid(l1 @ syn1 + bias1)

    # 2. how much did we miss?
    l2_error = y - l2

    if epoch % 4000 == 0:
        print("epoch", epoch, "| error", 0.5 * np.sum(l2_error ** 2))

    # 3. in which direction is the target, and how sure were we?
    l2_delta = l2_error * sigmoid(l2, deriv=True)

    # 4. send the blame back to the hidden layer
    l1_error = l2_delta @ syn1.T
    l1_delta = l1_error * sigmoid(l1, deriv=True)

    # 5. nudge (plus, because the error is target minus output)
    syn1 += alpha * l1.T @ l2_delta
    bias1 += alpha * l2_delta.sum(axis=0, keepdims=True)
    syn0 += alpha * l0.T @ l1_delta
    bias0 += alpha * l1_delta.sum(axis=0, keepdims=True)

print()
print("after training:")
for row, target, out in zip(X, y, l2):
    print(row, "->", round(float(out[0]), 3), "   wanted", target[0])
print("all correct?", bool(np.all((l2 > 0.5) == y)))
