# three layer network for the handwritten digits, one record at a time
import numpy


def activation_function(x):
    return 1.0 / (1.0 + numpy.exp(-x))


class neuralNetwork:

    def __init__(self, inputnodes, hiddennodes, outputnodes, learningrate):
        self.inodes = inputnodes
        self.hnodes = hiddennodes
        self.onodes = outputnodes
        self.lr = learningrate

        # weight matrices: wih from input to hidden, who from hidden to output
        self.wih = numpy.random.normal(0.0, pow(self.inodes, -0.5), (self.hnodes, self.inodes))
        self.who = numpy.random.normal(0.0, pow(self.hnodes, -0.5), (self.onodes, self.hnodes))

        self.activation_function = activation_function

    def train(self, inputs_list, targets_list):
        inputs = numpy.array(inputs_list, ndmin=2).T
        targets = numpy.array(targets_list, ndmin=2).T

        hidden_outputs = self.activation_function(numpy.dot(self.wih, inputs))
        final_outputs = self.activation_function(numpy.dot(self.who, hidden_outputs))

        # slope of the squared error at the summed input of the output nodes
        output_signal = (targets - final_outputs) * final_outputs * (1.0 - final_outputs)
        # this signal, not the bare error, is split over the hidden nodes
        hidden_signal = numpy.dot(self.who.T, output_signal) * hidden_outputs * (1.0 - hidden_outputs)

        self.who += self.lr * numpy.dot(output_signal, numpy.transpose(hidden_outputs))
        self.wih += self.lr * numpy.dot(hidden_signal, numpy.transpose(inputs))

    def query(self, inputs_list):
        inputs = numpy.array(inputs_list, ndmin=2).T
        hidden_outputs = self.activation_function(numpy.dot(self.wih, inputs))
        final_outputs = self.activation_function(numpy.dot(self.who, hidden_outputs))
        return final_outputs


def read_records(filename):
    with open(filename) as data_file:
        return data_file.readlines()


def scale(values):
    # grey values 0..255 become 0.01..1.0
    return (numpy.asarray(values[1:], dtype=float) / 255.0 * 0.99) + 0.01


if __name__ == "__main__":
    input_nodes = 784
    hidden_nodes = 200
    output_nodes = 10
    learning_rate = 0.1
    epochs = 5

    n = neuralNetwork(input_nodes, hidden_nodes, output_nodes, learning_rate)

    for e in range(epochs):
        for record in read_records("mnist_dataset/mnist_train.csv"):
            all_values = record.split(",")
            inputs = scale(all_values)
            # all outputs should be small except the one of the label
            targets = numpy.zeros(output_nodes) + 0.01
            targets[int(all_values[0])] = 0.99
            n.train(inputs, targets)

    scorecard = []
    for record in read_records("mnist_dataset/mnist_test.csv"):
        all_values = record.split(",")
        correct_label = int(all_values[0])
        label = numpy.argmax(n.query(scale(all_values)))
        scorecard.append(1 if label == correct_label else 0)

    print("performance =", sum(scorecard) / len(scorecard))
