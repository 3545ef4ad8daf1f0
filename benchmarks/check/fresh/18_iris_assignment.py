# Assignment 3: neural network without keras or pytorch
# predicts the type of iris flower
import numpy as np
import matplotlib.pyplot as plt
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split

np.random.seed(42)

# load the data
iris = load_iris()
X = iris.data
y = iris.target

# one hot encoding of the labels
Y = np.zeros((len(y), 3))
for i in range(len(y)):
    Y[i][y[i]] = 1

X_train, X_test, Y_train, Y_test = train_test_split(X, Y, test_size=0.2, random_state=1)

# scale (only use the training data for mean and std!!)
mean = X_train.mean(axis=0)
std = X_train.std(axis=0)
X_train = (X_train - mean) / std
X_test = (X_test - mean) / std


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# x here is already the output of the sigmoid
def sigmoid_derivative(x):
    return x * (1 - x)


# settings
input_size = 4
hidden_size = 8
output_size = 3
learning_rate = 1.5
epochs = 3000

# weights and biases
w1 = np.random.randn(input_size, hidden_size) * 0.5
b1 = np.zeros((1, hidden_size))
w2 = np.random.randn(hidden_size, output_size) * 0.5
b2 = np.zeros((1, output_size))

losses = []
n = X_train.shape[0]

# training
for epoch in range(epochs):
    # forward pass
    hidden_in = np.dot(X_train, w1) + b1
    hidden_out = sigmoid(hidden_in)
    final_in = np.dot(hidden_out, w2) + b2
    final_out = sigmoid(final_in)

    # squared error, averaged over the flowers
    error = final_out - Y_train
    loss = np.sum(error ** 2) / (2 * n)
    losses.append(loss)

    # backward pass
    delta_final = error * sigmoid_derivative(final_out)
    error_hidden = np.dot(delta_final, w2.T)
    delta_hidden = error_hidden * sigmoid_derivative(hidden_out)

    # update everything
    w2 = w2 - learning_rate * np.dot(hidden_out.T, delta_final) / n
    b2 = b2 - learning_rate * np.sum(delta_final, axis=0, keepdims=True) / n
    w1 = w1 - learning_rate * np.dot(X_train.T, delta_hidden) / n
    b1 = b1 - learning_rate * np.sum(delta_hidden, axis=0, keepdims=True) / n

    if epoch % 500 == 0:
        print("epoch", epoch, "loss", loss)

# testing
hidden_out = sigmoid(np.dot(X_test, w1) + b1)
final_out = sigmoid(np.dot(hidden_out, w2) + b2)
correct = 0
for i in range(len(X_test)):
    guess = np.argmax(final_out[i])
    answer = np.argmax(Y_test[i])
    if guess == answer:
        correct += 1

print("correct:", correct, "out of", len(X_test))
print("accuracy:", correct / len(X_test) * 100, "%")

plt.plot(losses)
plt.title("Loss during training")
plt.xlabel("epoch")
plt.ylabel("loss")
plt.show()
